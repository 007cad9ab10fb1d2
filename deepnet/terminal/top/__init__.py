"""The terminal UI `deepnet top`: what a service does, on screens that follow it live.

`feed` alone speaks with the service; `picture` keeps what it has told; the screens show the picture.
"""
