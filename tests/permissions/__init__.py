"""What a deployment may do, and what it needs to be allowed."""
