"""The signatures of the services, as pure functions over what is signed."""
