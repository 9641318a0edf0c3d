"""The pages' styles and scripts: sources here, what browsers get in `dist/`, found through its manifest."""
