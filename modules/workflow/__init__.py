"""What happens in which order, and when: state machines, and jobs of the cluster."""
