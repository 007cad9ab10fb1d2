"""Who may do what: tokens, sessions, roles, and what a browser must not be made to do."""
