# The application image: hashed dependencies, then the wheel, built by a hashed backend. The file
# lives in /data. docs/operations.md says how to pin the base by its digest.
ARG PYTHON_IMAGE=python:3.12-slim
FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
COPY requirements/build.lock requirements/build.lock
RUN pip install --no-cache-dir --require-hashes -r requirements/build.lock
COPY . .
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

FROM ${PYTHON_IMAGE}
RUN useradd --create-home --uid 10001 linkgap && mkdir /data && chown linkgap /data
COPY requirements/app.lock /tmp/app.lock
RUN pip install --no-cache-dir --require-hashes -r /tmp/app.lock && rm /tmp/app.lock
COPY --from=build /wheels/*.whl /tmp/
RUN pip install --no-cache-dir --no-deps /tmp/*.whl && rm /tmp/*.whl
USER linkgap
WORKDIR /data
ENV LINKGAP_DB=/data/linkgap.db PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 3000
# The bot's own sign of life, so that it is right in Socket Mode too.
HEALTHCHECK --start-period=60s --timeout=10s CMD ["linkgap", "health"]
ENTRYPOINT ["linkgap"]
CMD ["serve", "--host", "0.0.0.0", "--port", "3000"]
