"""From a table in a file to arrays of numbers: reading, choosing, splitting, scaling, and a baseline to beat."""
