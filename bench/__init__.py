"""Side by side with peers: commands that print tables. Nothing here is a test, and no figure is promised."""
