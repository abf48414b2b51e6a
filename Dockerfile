# RELEASING.md tells how a release names its digest.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
COPY requirements.txt /
# Wheels only: nothing is compiled, so the image needs no compiler.
RUN pip install --no-cache-dir --no-compile --require-hashes --only-binary :all: --target /app --report /report.json \
      -r /requirements.txt \
 && rm -rf /app/bin
COPY sentry_plugin /app/sentry_plugin
# The user of the image cannot write bytecode; "unchecked", as nothing in an image changes.
RUN python -m compileall -q --invalidation-mode unchecked-hash /app
COPY pyproject.toml tools/sbom.py /
RUN PYTHONPATH=/app python /sbom.py /pyproject.toml /report.json /app >/sbom.cdx.json

FROM ${BASE}
ENV PYTHONPATH=/app PYTHONSAFEPATH=1
COPY --from=build /app /app
# Where orchestrators of InsightConnect's kind look for it.
COPY plugin.spec.yaml /plugin.spec.yaml
# What is in /app, for people and scanners.
COPY --from=build /sbom.cdx.json /sbom.cdx.json
# Official base images bring the standard library without bytecode: write that of the modules which a message needs.
RUN install -d -o 65534 -g 65534 /workspace/cache \
 && python -c "import jsonschema, requests, sentry_plugin.cli"
VOLUME /workspace/cache
# nobody:nogroup, as numbers, by which Kubernetes can tell that it is not root.
USER 65534:65534
ENTRYPOINT ["python", "-m", "sentry_plugin"]
