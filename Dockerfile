# The application image: hashed dependencies, then the wheel. The file lives in /data.
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim
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
