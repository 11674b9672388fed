"""Turn the files of Serverless Devs (`s.yaml`, edition 3.0.0) into a Pulumi program.

    reading        YAML with the lines and comments of every value
    references     `${vars.x}`, `${env(X)}`, `${resources.…}` and the others
    templates      what a file extends, and the templates of its resources
    documents      one file and its resources
    left_behind    what is in a file beside its agents: variables, commands, other components
    values         what an argument of the program can be
    agent          the `agent` block as arguments of an `Agent`, by the rules of the component
    watching       what is valid, and not what people expect
    across         what only shows when the files are held against each other
    outputs        the order of agents that use outputs of others
    factoring      what is the same in all files, and what becomes configuration
    program        the text of `__main__.py`
    existing       what the folder of the project holds already
    output_files   the other files, and writing them
    report         `MIGRATION.md`; `report_fields` tells in it where each field went

Facts are those of sections 8 and 9 of the API reference. How references, templates and `.env` files
are read was tried with the parser of Serverless Devs itself (parse-spec 0.0.29). Nothing here
makes a request.
"""
