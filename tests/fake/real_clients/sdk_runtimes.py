"""A runtime's life as the high-level SDK does it: run by `test_real_clients` where it is installed.

Prints one JSON object of what it saw.
"""

import asyncio
import json
import sys
import zipfile

from agentrun.agent_runtime import (
    AgentRuntime,
    AgentRuntimeArtifact,
    AgentRuntimeCode,
    AgentRuntimeCreateInput,
    AgentRuntimeEndpointCreateInput,
    AgentRuntimeEndpointUpdateInput,
    AgentRuntimeLanguage,
    AgentRuntimeUpdateInput,
)
from agentrun.agent_runtime.api.data import AgentRuntimeDataAPI
from agentrun.utils.config import Config
from agentrun.utils.exception import ResourceAlreadyExistError, ResourceNotExistError

seen: dict[str, object] = {}
package, program = sys.argv[1:]
with zipfile.ZipFile(package, "w") as archive:
    archive.write(program, "app.py")


def create_input() -> AgentRuntimeCreateInput:
    return AgentRuntimeCreateInput(
        agent_runtime_name="demo",
        artifact_type=AgentRuntimeArtifact.CODE,
        code_configuration=AgentRuntimeCode.from_zip_file(
            AgentRuntimeLanguage.PYTHON312, ["python3", "app.py"], package
        ),
        environment_variables={"A": "中 b"},
        # The calls below are signed and carry no credential.
        credential_name="absent",
    )


runtime = AgentRuntime.create(create_input())
seen["created"] = runtime.status
runtime.wait_until_ready_or_failed(interval_seconds=0)
seen["ready"] = runtime.status
seen["environment"] = runtime.environment_variables
try:
    AgentRuntime.create(create_input())
except ResourceAlreadyExistError as error:
    seen["again"] = type(error).__name__
runtime.update(AgentRuntimeUpdateInput(description="changed"))
seen["updating"] = runtime.status
runtime.wait_until_ready_or_failed(interval_seconds=0)
seen["description"] = AgentRuntime.get_by_id(runtime.agent_runtime_id).description
endpoint = runtime.create_endpoint(
    AgentRuntimeEndpointCreateInput(agent_runtime_endpoint_name="prod", target_version="LATEST")
)
endpoint.wait_until_ready_or_failed(interval_seconds=0)
endpoint.update(AgentRuntimeEndpointUpdateInput(description="endpoint"))
endpoint.wait_until_ready_or_failed(interval_seconds=0)
seen["endpoints"] = [item.description for item in runtime.list_endpoints()]
# Not by `invoke_openai`: the library that it hands the call to refuses its empty key.
calls = AgentRuntimeDataAPI("demo", "prod")
question = {"messages": [{"role": "user", "content": "hello"}]}
answer = calls.post("openai/v1/chat/completions", data=question)
seen["answer"] = answer["choices"][0]["message"]["content"]
forged = Config(access_key_secret="forged")
refusal = calls.post("openai/v1/chat/completions", data=question, config=forged)
seen["forged"] = refusal["message"].rpartition(": ")[2]
seen["versions"] = [item.agent_runtime_version for item in runtime.list_versions()]
# The asynchronous methods bring another HTTP library along.
seen["listed"] = [item.agent_runtime_name for item in asyncio.run(AgentRuntime.list_all_async())]
runtime.delete()  # with its endpoints
try:
    while True:
        AgentRuntime.get_by_id(runtime.agent_runtime_id)
except ResourceNotExistError as error:
    seen["gone"] = type(error).__name__
print(json.dumps(seen))
