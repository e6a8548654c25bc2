# tracegap in a container: docker build -t tracegap . && docker run --rm -v "$PWD:/work" tracegap audit
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /opt/tracegap
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY bin bin
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund
RUN ln -s tracegap.js bin/tracegap

FROM node:${NODE_VERSION}-slim
ENV NODE_ENV=production PATH=/opt/tracegap/bin:/usr/local/bin:/usr/bin:/bin
COPY --from=build /opt/tracegap/package.json /opt/tracegap/package.json
COPY --from=build /opt/tracegap/node_modules /opt/tracegap/node_modules
COPY --from=build /opt/tracegap/bin /opt/tracegap/bin
COPY --from=build /opt/tracegap/dist /opt/tracegap/dist
COPY docs /opt/tracegap/docs
COPY schemas /opt/tracegap/schemas
WORKDIR /work
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
ENTRYPOINT ["tracegap"]
CMD ["--help"]
