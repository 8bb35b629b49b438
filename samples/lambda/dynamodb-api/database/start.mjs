// A DynamoDB for this machine, in memory, with the table of the sample: node start.mjs [PORT]
import dynalite from 'dynalite';

const server = dynalite({ createTableMs: 0 });
server.listen(Number(process.argv[2] ?? 8000), '127.0.0.1', async () => {
    const url = `http://127.0.0.1:${server.address().port}`;
    // Any signature will do: dynalite looks at its form only.
    const reply = await fetch(url, {
        method: 'POST',
        headers: {
            'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': 'DynamoDB_20120810.CreateTable', 'X-Amz-Date': '20200101T000000Z',
            Authorization: 'AWS4-HMAC-SHA256 Credential=local/20200101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
        },
        body: JSON.stringify({
            TableName: 'notes', BillingMode: 'PAY_PER_REQUEST',
            KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }, { AttributeName: 'id', KeyType: 'RANGE' }],
            AttributeDefinitions: [{ AttributeName: 'owner', AttributeType: 'S' }, { AttributeName: 'id', AttributeType: 'S' }],
        }),
    });
    if (!reply.ok)
        throw new Error(await reply.text());
    console.log(`DynamoDB with the table notes: ${url}`);
});
