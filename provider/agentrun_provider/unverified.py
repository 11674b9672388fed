"""Facts about the service that no source shows clearly, each in one place and easily changed.

Every entry says what is assumed, what speaks for it, and what to change if it proves wrong.
"""

from __future__ import annotations

from typing import Any

# How an optional field is cleared by an update. The generated SDK can't send null, and updates
# merge at the top level, so a field that is left out keeps its value. Assumed: the empty value of
# the field's type clears it, and null does where a type has no empty value.
CLEARED_BY_TYPE: dict[str, Any] = {"text": "", "list": [], "map": {}, "object": {}, "other": None}

# The low-level SDK calls `networkConfiguration` required on create, while the Serverless Devs
# component can leave it out. Assumed: a runtime without a declared network is public. It is sent
# on create only, so that somebody else may own the network later.
NETWORK_OF_A_NEW_RUNTIME: dict[str, Any] = {"networkMode": "PUBLIC"}

# System tags are free text to the models; the vendor's command line tool marks its own runtimes
# with such a tag. Assumed: lower-case letters, digits and hyphens are always allowed.
OWNER_TAG_PREFIX = "x-pulumi-"

# The marker text the service uses when a write comes while the runtime is busy.
BUSY_MARKERS = ("must be in ready status", "is being updated", "not in ready")

# What publishing answers when nothing changed since the last version is not shown: a new number,
# the old one, or an error. Assumed: an error says so in words like these; it then means that the
# newest version is the wanted one.
UNCHANGED_MARKERS = ("nothing changed", "no change", "not changed", "unchanged", "without change")

# The models set no limit to a version's description; the schema of the Serverless Devs component
# allows 256 characters for those of runtimes and endpoints. Assumed: the same limit holds, and the
# text is returned as it was sent, so that it can carry the mark of what was published.
VERSION_DESCRIPTION_LIMIT = 256

# Each runtime is a function of Function Compute (reference 5), and its API of 2023 has
# GetFunctionCode, which tells a signed address of a function's package and the CRC-64 of it (the
# official SDK's client and models; the `fc3` component's `sync` fetches packages that way). Whether
# it answers for functions that AgentRun manages, and with the package as it was sent, is not shown;
# the other calls about these functions, which the Serverless Devs component makes, do. Assumed: it
# does. Where it refuses, an adoption says so and takes the local code for what is deployed.
FUNCTION_TELLS_CODE = True

# Which code Function Compute answers when a reservation exceeds the quota is not shown. Assumed:
# its code or message has one of these words.
CONCURRENCY_QUOTA_MARKERS = ("quota", "exceed", "limit", "90%", "90 %")


# Whether a domain's private key is returned is not shown, nor what an update does with settings
# that it leaves out; the Serverless Devs component sends back all that it read. Assumed: where the
# key is held back, so that the certificate can't be sent back, leaving it out keeps it, as updates
# of runtimes keep what they leave out.
CERTIFICATE_STAYS_IF_LEFT_OUT = True


def weight_on_the_wire(share: float) -> float:
    """The unit of a canary's weight in a request.

    The field is documented as a float from 0.0 to 1.0, and the Serverless Devs component sends
    fractions. The vendor's `ar` tool sends percents through the same field.
    """
    return share


def share_from_the_wire(weight: float) -> float:
    """The reverse of `weight_on_the_wire`."""
    return weight


# How late a line may be found that an agent has written: collected, sent and indexed. The vendor's
# guide says "a few seconds", its command line tool looks back 10 s. Assumed: never later than this.
LATEST_LOG_SECONDS = 60.0

# InstanceExec, a WebSocket to run a command in an instance, is in no reference of the 3.0 API. The
# `fc3` component calls it as follows, through the SDK for the API of 2016 with the newer version in
# the path; the archived Go SDK (`instance_exec.go`) agrees on all but the last point.
# - GET `/2023-03-30/functions/{function}/instances/{id}/exec` on the account's host
#   (`{account}.{region}.fc.aliyuncs.com`), signed as of 2016, the query not being part of it
# - query: `command` once for each word, `stdin`, `stdout`, `stderr`, `tty` as true or false,
#   `idleTimeout` in seconds, `qualifier`
# - from the server: the first byte tells the stream, the rest is data
# - to the server: bytes of standard input. The Go SDK puts a byte 0 in front; the Node SDK did so
#   at first and took it out with "fix: stdin type format". Assumed: no byte in front.
# Nobody tells how the end of standard input or the command's exit code would be sent.
EXEC_STDOUT, EXEC_STDERR, EXEC_SERVER_ERROR = 1, 2, 3
EXEC_STDIN_PREFIX = b""

# How a caller names its session where a runtime does not say by which header. Public examples send
# this header; that the generated cookie has the same name is a guess.
SESSION_HEADER = "x-agentrun-session-id"
SESSION_COOKIE = "x-agentrun-session-id"
