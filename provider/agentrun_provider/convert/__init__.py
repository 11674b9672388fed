"""Turn the files of Serverless Devs (`s.yaml`, edition 3.0.0) into a Pulumi program.

    reading      YAML with the lines and comments of every value
    references   `${vars.x}`, `${env(X)}`, `${resources.…}` and the others
    documents    one file: what it extends, its templates, its resources
    values       what an argument of the program can be
    agent        the `agent` block as arguments of an `Agent`, by the rules of the component
    factoring    what is the same in all files, and what becomes configuration
    program      the text of `__main__.py`
    project      the other files, and writing them
    report       `MIGRATION.md`

Facts are those of sections 8 and 9 of the API reference. Nothing here makes a request.
"""
