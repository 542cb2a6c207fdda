"""DNS: names of the platform and of its services, public and private, and where they lead."""
