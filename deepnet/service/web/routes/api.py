"""What all routes of the API are made with: a router, and who may."""

from fastapi import APIRouter, Depends

from deepnet.service.web.security.roles import Role, needs

PREFIX = "/api/v1"
VIEWER = [Depends(needs(Role.VIEWER))]
"""Looks, and asks for predictions."""
OPERATOR = [Depends(needs(Role.OPERATOR))]
"""Creates, trains and changes."""
ADMIN = [Depends(needs(Role.ADMIN))]
"""Deletes, and shuts down."""


def api_router(tag: str, path: str = "") -> APIRouter:
    """Return a router of the API for what is under *path*."""
    return APIRouter(prefix=f"{PREFIX}{path}", tags=[tag])
