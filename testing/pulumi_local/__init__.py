"""A small deployment engine speaking Pulumi's protocol, for demos, tests and offline work."""
