"""The commands, a file each or a family of them: what each does lies in a package of its own, loaded when it runs."""
