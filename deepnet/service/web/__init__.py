"""The service's face: HTTP, WebSocket, and who may."""
