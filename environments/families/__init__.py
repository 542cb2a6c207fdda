"""What environments are composed of, a family a file: its settings, what is common, how its modules are called."""
