"""What a problem looks like (RFC 9457)."""

from pydantic import Field

from deepnet.service.web.schemas.common import Out


class Problem(Out):
    """What is wrong, and what to do about it."""

    type: str = Field(description="which kind of problem it is: /problems/ and a word")
    title: str = Field(description="what that kind is")
    status: int
    detail: str = Field(description="one line: what is wrong here, and what to do")
    instance: str | None = Field(default=None, description="the path that was asked for")
