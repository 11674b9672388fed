"""A preview as a comment on a pull request: what changes, in words of the field.

`plan` reads what `preview --json` prints, `differences` compares the inputs of a resource, `words`
says what happens to it, `risks` what a reviewer should look at, `comment` puts it together and
`posting` keeps one comment per stack up to date.
"""
