# syntax=docker/dockerfile:1
# Both containers: docker build --target sockets . (the socket tier) · docker build --target http . (page and API for one host, local/compose.yaml)

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim AS sources
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY shared shared
COPY functions functions
COPY local local
COPY socket-tier socket-tier

FROM sources AS sockets-bundle
RUN npm run bundle -- socket-tier /bundle

FROM sources AS http-bundle
COPY web web
RUN npm run bundle -- http /bundle

FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
# The bundles' .js files are modules.
COPY package.json ./
# A volume laid over it belongs to who this belongs to.
RUN mkdir -p /data/uploads && chown node:node /data/uploads
USER node
STOPSIGNAL SIGTERM

FROM runtime AS sockets
ENV SOCKET_PORT=3001
COPY --from=sockets-bundle /bundle .
EXPOSE 3001
# Alive, not ready: while Redis is away the guests stay.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SOCKET_PORT}/health`).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "--enable-source-maps", "index.js"]

FROM runtime AS http
ENV HTTP_PORT=3000
COPY --from=http-bundle /bundle .
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=5 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT}/health`).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "--enable-source-maps", "http.js"]
