"""What AWS would commit to by a savings plan, and the question whether somebody approves it."""
