// The official SignalR client, led by its standard input and telling all on its standard output, a line of JSON each.
// Arguments: the hub's address. Environment: TOKEN, what to log in with.
const { HubConnectionBuilder, HttpTransportType, LogLevel } = require("@microsoft/signalr");
const { createInterface } = require("node:readline");

const tell = (what) => process.stdout.write(JSON.stringify(what) + "\n");

const connection = new HubConnectionBuilder()
  .withUrl(process.argv[2], {
    accessTokenFactory: () => process.env.TOKEN,
    transport: HttpTransportType.WebSockets,
  })
  .withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 50 })
  .configureLogging(LogLevel.None)
  .build();

connection.on("MessageUpdate", (update) => tell({ update }));
connection.onreconnecting(() => tell({ state: "reconnecting" }));
connection.onreconnected(() => tell({ state: "reconnected" }));

const call = ([method, ...args]) =>
  connection.invoke(method, ...args).then(
    (result) => tell({ result }),
    (error) => tell({ error: error.message }),
  );

connection.start().then(
  () => {
    tell({ state: "connected" });
    const lines = createInterface({ input: process.stdin });
    lines.on("line", (line) => call(JSON.parse(line)));
    lines.on("close", () => connection.stop());
  },
  (error) => tell({ error: error.message }),
);
