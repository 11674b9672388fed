"""What is done to a code folder before it is packed: a build command, and its requirements.

A package with requirements is the folder's own files and, below `python/`, what the list asks for:
Linux wheels for the Python of the runtime, whatever machine this is (reference 6.3). They are
installed by uv, kept in a cache by content, and come out byte for byte the same wherever and
whenever the same wheels are installed. A preview only reads and hashes.
"""
