"""Registry: where container images lie, who pushes and pulls them, and how one knows that they can be trusted."""
