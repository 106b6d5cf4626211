from __future__ import annotations

from sandbox import steps
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.state import Json


def complete_success(call: Call) -> Json:
    """End a step with what it gives to the next one."""
    run = _running(call)
    outputs = call.document("outputs", "invalid_arguments")
    if not isinstance(outputs, dict):
        raise SlackError("invalid_arguments", ["[ERROR] missing required field: outputs"])
    function = call.hub.state.app.get("functions", {}).get(run["callback_id"], {})
    promised = function.get("output_parameters", {})
    missing = [name for name, each in promised.items() if each.get("is_required") and name not in outputs]
    unknown = [name for name in outputs if name not in promised]
    if missing or unknown:
        lines = [f"[ERROR] missing output: {name}" for name in missing]
        raise SlackError("parameter_validation_failed", lines + [f"[ERROR] unknown output: {name}" for name in unknown])
    steps.end(call.hub, run, state="completed", outputs=outputs)
    return {}


def complete_error(call: Call) -> Json:
    """End a step with the sentence that says why it failed."""
    call.need("error")
    steps.end(call.hub, _running(call), state="failed", error=call.text("error"))
    return {}


def _running(call: Call) -> Json:
    call.need("function_execution_id")
    run = call.hub.steps.get(call.text("function_execution_id"))
    if run is None:
        raise SlackError("function_execution_not_found")
    if run["state"] != "running":
        raise SlackError("execution_not_in_running_state")
    return run


METHODS = {"functions.completeError": complete_error, "functions.completeSuccess": complete_success}
