"""The OpenAPI description as one page for people, without a line of script and without anything from elsewhere.

Guarantees: works with `default-src 'none'` and one style sheet that the node serves; everything printed is escaped.
Swagger UI and Redoc are not used: both come from a CDN or as megabytes of script, for what a table shows as well.
"""

from __future__ import annotations

import json
from typing import Any

from flask import render_template_string

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1b1b1b; }
h2 { border-bottom: 1px solid #bbb; margin-top: 2.5rem; }
details { border: 1px solid #ccc; border-radius: 4px; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
pre { background: #f4f4f4; overflow-x: auto; padding: .6rem; }
table { border-collapse: collapse; } td, th { border: 1px solid #ccc; padding: .2rem .6rem; text-align: left; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; }
"""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ spec.info.title }} {{ spec.info.version }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/style.css"></head><body><main>
<h1>{{ spec.info.title }} {{ spec.info.version }}</h1>
<p>{{ spec.info.description }}</p>
<p>The same for programs: <a href="/openapi.json">/openapi.json</a>.
Every error has the shape <a href="#Problem">Problem</a>.</p>
{% for tag in spec.tags %}<h2 id="tag-{{ tag.name }}">{{ tag.name }}</h2><p>{{ tag.description }}</p>
{% for item in operations if item.tag == tag.name %}<details id="{{ item.id }}">
<summary><span class="method">{{ item.method }}</span> <code>{{ item.path }}</code> {{ item.summary }}</summary>
{% if item.description %}<p>{{ item.description }}</p>{% endif %}
{% if item.parameters %}<table><tr><th>parameter</th><th>in</th><th>required</th><th>meaning</th></tr>
{% for one in item.parameters %}<tr><td><code>{{ one.name }}</code></td><td>{{ one.in }}</td>
<td>{{ "yes" if one.required else "no" }}</td><td>{{ one.description }}</td></tr>{% endfor %}</table>{% endif %}
{% if item.body %}<p>Body:</p><pre>{{ item.body }}</pre>{% endif %}
<table><tr><th>status</th><th>answer</th></tr>
{% for status, text in item.responses %}<tr><td>{{ status }}</td><td>{{ text }}</td></tr>{% endfor %}</table>
</details>{% endfor %}{% endfor %}
<h2>Schemas</h2>
{% for name, schema in schemas %}<details id="{{ name }}"><summary><code>{{ name }}</code></summary>
<pre>{{ schema }}</pre></details>{% endfor %}
</main></body></html>
"""


def page(spec: dict[str, Any]) -> str:
    """The HTML page of an OpenAPI document."""
    schemas = sorted(spec.get("components", {}).get("schemas", {}).items())
    return render_template_string(
        _PAGE,
        spec=spec,
        operations=[
            _operation(spec, path, method, item)
            for path, methods in sorted(spec["paths"].items())
            for method, item in methods.items()
            if method != "parameters"
        ],
        schemas=[(name, _pretty(schema)) for name, schema in schemas],
    )


def _operation(spec: dict[str, Any], path: str, method: str, item: dict[str, Any]) -> dict[str, Any]:
    shared = spec["paths"][path].get("parameters", [])
    body = item.get("requestBody", {}).get("content", {})
    return {
        "id": f"{method}{path}".replace("/", "-"),
        "tag": item.get("tags", [""])[0],
        "method": method.upper(),
        "path": path,
        "summary": item.get("summary", ""),
        "description": item.get("description", ""),
        "parameters": [one for one in (*shared, *item.get("parameters", [])) if "name" in one],
        "body": _pretty(body) if body else "",
        "responses": [(status, _described(spec, answer)) for status, answer in sorted(item["responses"].items())],
    }


def _described(spec: dict[str, Any], answer: dict[str, Any]) -> str:
    if "$ref" in answer:
        answer = spec["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    return str(answer.get("description", ""))


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
