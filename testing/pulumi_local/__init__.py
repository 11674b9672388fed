"""A small deployment engine that speaks the protocol of Pulumi, for demos, tests and offline work."""
