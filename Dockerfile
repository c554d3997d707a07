# Two stages: the first has Node.js and builds the wheel with the designer in it, the second has neither.
# docker build -t baton .
FROM node:22-bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv make \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make packages DIST=/wheels

FROM python:3.13-slim-bookworm
# With it the store needs less of the processor.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libjemalloc2 \
 && rm -rf /var/lib/apt/lists/*
COPY requirements.lock /tmp/requirements.lock
COPY --from=build /wheels /tmp/wheels
RUN pip install --no-cache-dir --require-hashes -r /tmp/requirements.lock \
 && pip install --no-cache-dir --no-deps /tmp/wheels/*.whl \
 && rm -rf /tmp/wheels /tmp/requirements.lock \
 && useradd --system --uid 10001 --home-dir /data --no-log-init baton \
 && install -d -o baton -g baton /data
USER 10001
VOLUME /data
EXPOSE 8080
ENV BATON_HOSTS=*
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["baton"]
CMD ["serve", "--host", "0.0.0.0", "--behind-proxy", "--data", "/data", "--no-samples", "--logs", "stderr"]
