// The SDK's generated messages are CommonJS: this is the one place that imports them.
export { default as grpc } from "@grpc/grpc-js";
export { default as alias } from "@pulumi/pulumi/proto/alias_pb.js";
export { default as analyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
export { default as analyzer } from "@pulumi/pulumi/proto/analyzer_pb.js";
export { default as callbackService } from "@pulumi/pulumi/proto/callback_grpc_pb.js";
export { default as callback } from "@pulumi/pulumi/proto/callback_pb.js";
export { default as engineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
export { default as engine } from "@pulumi/pulumi/proto/engine_pb.js";
export { default as monitorService } from "@pulumi/pulumi/proto/resource_grpc_pb.js";
export { default as monitor } from "@pulumi/pulumi/proto/resource_pb.js";
export { default as empty } from "google-protobuf/google/protobuf/empty_pb.js";
export { default as struct } from "google-protobuf/google/protobuf/struct_pb.js";
