// A service of @grpc/grpc-js whose messages are bytes, for client and server alike: no package for protocol buffers is needed.
import { createRequire } from 'node:module';

export const grpc = createRequire(`${process.argv[2]}/`)('@grpc/grpc-js');

const method = (name, requestStream, responseStream) => ({
  path: `/brink.Test/${name}`,
  requestStream,
  responseStream,
  requestSerialize: (text) => Buffer.from(text),
  requestDeserialize: (bytes) => bytes.toString(),
  responseSerialize: (text) => Buffer.from(text),
  responseDeserialize: (bytes) => bytes.toString(),
});

export const service = {
  unary: method('Unary', false, false),
  collect: method('Collect', true, false),
  count: method('Count', false, true),
  talk: method('Talk', true, true),
  fail: method('Fail', false, false),
  wait: method('Wait', false, false),
};
