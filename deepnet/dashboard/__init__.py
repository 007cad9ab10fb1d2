"""The dashboard: what a browser is given, built from `web`, and the stories that it offers."""
