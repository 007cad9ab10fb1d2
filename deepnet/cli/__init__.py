"""The command line: thin skins over runs."""
