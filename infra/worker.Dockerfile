# The worker on NVIDIA GPUs. Built from the root of the repository: docker build -f infra/worker.Dockerfile .
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish workers/SmolLM3.Batch.Worker --configuration Release --runtime linux-x64 --self-contained \
      -p:BuildFor=azure --output /app

# The driver comes from the host (12.x); the base image would refuse one that is older than its own CUDA, though any driver of 12.x runs what was
# built for 12.x (NVIDIA_DISABLE_REQUIRE). The base image tells the container runtime to hand it in; libtorch brings the CUDA 12.8 libraries
# that it was built against, so the larger runtime image would only hold them twice.
FROM nvidia/cuda:12.8.1-base-ubuntu24.04
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates libgomp1 libicu74 poppler-utils \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 64198 --create-home worker
ENV DOTNET_EnableDiagnostics=0 \
    DOTNET_gcServer=0 \
    Worker__HealthAddress=* \
    NVIDIA_DISABLE_REQUIRE=true \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
WORKDIR /app
COPY --from=build /app .
USER worker
EXPOSE 8080
ENTRYPOINT ["/app/SmolLM3.Batch.Worker"]
