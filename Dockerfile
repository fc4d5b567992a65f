# One image for the API (the default command), the workers, migrations, the command line and the simulated License API.

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

# Bundled here once: a worker that bundles by itself takes some 300 MB more and starts later.
FROM packages AS bundle
COPY . .
RUN node temporal/bundle-main.ts --out workflow-bundle.js

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production \
    NODE_OPTIONS=--disable-warning=ExperimentalWarning \
    HOST=0.0.0.0 \
    LICENSE_SYNC_TEMPORAL_WORKFLOW_BUNDLE=/app/workflow-bundle.js
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY . .
COPY --from=bundle /app/workflow-bundle.js workflow-bundle.js
RUN printf '#!/bin/sh\nexec node /app/cli/main.ts "$@"\n' > /usr/local/bin/license-sync && chmod 755 /usr/local/bin/license-sync
USER node
EXPOSE 5001
STOPSIGNAL SIGTERM
# Of the API. A worker has no port: it ends when it cannot work, and the restart policy starts it again.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT || 5001}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.ts"]
