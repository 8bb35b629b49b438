// Says when it was entered, and keeps its environment: the next invocation needs another one.
exports.handler = () => {
  console.log(`entered ${(performance.timeOrigin + performance.now()) / 1000}`);
  return new Promise((resolve) => setTimeout(resolve, 600_000));
};
