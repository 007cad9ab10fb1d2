"""The long-lived process: networks that live in it, kept on disk, reached over HTTP."""
