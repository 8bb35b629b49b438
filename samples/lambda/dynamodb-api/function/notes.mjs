// The notes of one owner, in DynamoDB: partition key owner, sort key id. A version counts the writes, so that no write replaces a version that its author has not read.
import {
    ConditionalCheckFailedException, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

export class NotFound extends Error {}
export class Conflict extends Error {}

export class Notes {
    #table;
    #client;

    constructor({ table, region, endpoint }) {
        this.#table = table;
        // The client and its connections stay with the environment. It gives up well before the function's time is over.
        this.#client = new DynamoDBClient({ region, endpoint, maxAttempts: 2, requestHandler: { connectionTimeout: 500, requestTimeout: 2000 } });
    }

    async list(owner) {
        const { Items } = await this.#send(new QueryCommand({
            TableName: this.#table, KeyConditionExpression: '#o = :o', ExpressionAttributeNames: { '#o': 'owner' }, ExpressionAttributeValues: { ':o': { S: owner } }, Limit: 100,
        }));
        return Items.map(toNote);
    }

    async get(owner, id) {
        const { Item } = await this.#send(new GetItemCommand({ TableName: this.#table, Key: key(owner, id), ConsistentRead: true }));
        if (!Item)
            throw new NotFound(`there is no note ${id}`);
        return toNote(Item);
    }

    async create(owner, id, text) {
        try {
            await this.#send(new PutItemCommand({
                TableName: this.#table, Item: { ...key(owner, id), text: { S: text }, version: { N: '1' } },
                ConditionExpression: 'attribute_not_exists(id)',
            }));
            return { id, text, version: 1 };
        } catch (error) {
            throw error instanceof ConditionalCheckFailedException ? new Conflict(`there is a note ${id} already`) : error;
        }
    }

    async replace(owner, id, text, version) {
        try {
            const { Attributes } = await this.#send(new UpdateItemCommand({
                TableName: this.#table, Key: key(owner, id), ReturnValues: 'ALL_NEW',
                ConditionExpression: 'version = :v', UpdateExpression: 'SET #t = :t, version = version + :one',
                ExpressionAttributeNames: { '#t': 'text' }, ExpressionAttributeValues: { ':t': { S: text }, ':v': { N: String(version) }, ':one': { N: '1' } },
            }));
            return toNote(Attributes);
        } catch (error) {
            if (!(error instanceof ConditionalCheckFailedException))
                throw error;
            const { version: current } = await this.get(owner, id);
            throw new Conflict(`the note ${id} has version ${current} by now`);
        }
    }

    async delete(owner, id) {
        const { Attributes } = await this.#send(new DeleteItemCommand({ TableName: this.#table, Key: key(owner, id), ReturnValues: 'ALL_OLD' }));
        if (!Attributes)
            throw new NotFound(`there is no note ${id}`);
    }

    #send(command) {
        return this.#client.send(command);
    }
}

const key = (owner, id) => ({ owner: { S: owner }, id: { S: id } });

const toNote = (item) => ({ id: item.id.S, text: item.text.S, version: Number(item.version.N) });
