"""What the documents say: passages as named graphs, and the build that turns them into a release."""
