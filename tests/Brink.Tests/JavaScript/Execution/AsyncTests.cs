namespace Brink.Tests.JavaScript.Execution;

public class AsyncTests
{
    [Theory]
    [InlineData("return 5", "5")]
    [InlineData("return await 5", "5")]
    [InlineData("var a = await 1, b = await 2; return a + b", "3")]
    [InlineData("return (await f()) + 1; async function f() { return 1 }", "2")]
    [InlineData("try { await f() } catch (e) { return 'caught ' + e } async function f() { throw 'x' }", "caught x")]
    [InlineData("try { await f() } catch (e) { return 'caught ' + e } async function f() { await null; throw 'x' }", "caught x")]
    [InlineData("var r = ''; for (var i = 0; i < 3; i++) r += await i; return r", "012")]
    [InlineData("var f = async x => { await null; return x + n }; var n = 1; return await f(1)", "2")]
    [InlineData("var o = { v: 3, async m() { await null; return this.v } }; return await o.m()", "3")]
    [InlineData("return await { then(resolve) { resolve('thenable') } }", "thenable")]
    [InlineData("try { return await Promise.reject('no') } catch (e) { return e } finally { await null }", "no")]
    [InlineData("var x = 1; async function f() { await null; x = 2 } var p = f(); var before = x; await p; return before + ',' + x", "1,2")]
    [InlineData("return (await (true ? Promise.resolve('t') : 0)) + `${await 'u'}` + [await 1, await 2].length", "tu2")]
    [InlineData("function fails() { throw 'sync' } var p = (async () => fails())(); try { await p } catch (e) { return typeof p + e }", "objectsync")]
    [InlineData("return Promise.resolve(Promise.resolve(7))", "7")]
    public void Await_GivesTheValue(string body, string expected) => Assert.Equal(expected, Script.RunAsync(body));

    [Fact]
    public void Jobs_RunInOrder() => Assert.Equal("1 a1 2 a2 t1 a3 t2", Script.RunModule("""
        var log = [];
        function say(x) { log[log.length] = x }
        async function a() { say('a1'); await null; say('a2'); await null; say('a3') }
        async function handler() {
            say('1');
            var p = a();
            Promise.resolve().then(() => say('t1')).then(() => say('t2'));
            say('2');
            await p;
            var text = '';
            for (var i = 0; i < log.length; i++) text += (i ? ' ' : '') + log[i];
            return text;
        }
        """));

    [Theory]
    [InlineData("return new Promise(r => r(1)).then(v => v + 1)", "2")]
    [InlineData("return new Promise((_, no) => no('e')).catch(e => 'caught ' + e)", "caught e")]
    [InlineData("return new Promise(() => { throw 'e' }).then(1, e => e + '!')", "e!")]
    [InlineData("return new Promise((yes, no) => { yes(1); no(2); yes(3) })", "1")]
    [InlineData("return new Promise(yes => { yes(Promise.resolve(1)); yes(3) })", "1")]
    [InlineData("var r = ''; return Promise.resolve(1).finally(v => { r += v; return 5 }).then(v => r + v)", "undefined1")]
    [InlineData("return Promise.reject('e').finally(() => {}).catch(e => e)", "e")]
    [InlineData("return Promise.resolve(1).finally(() => { throw 'f' }).catch(e => e)", "f")]
    [InlineData("return Promise.all([1, Promise.resolve(2), new Promise(r => r(3))]).then(a => a[0] + a[1] + a[2] + ':' + a.length)", "6:3")]
    [InlineData("return Promise.all([]).then(a => a.length)", "0")]
    [InlineData("return Promise.all([1, Promise.reject('x')]).catch(e => e)", "x")]
    [InlineData("return Promise.allSettled([1, Promise.reject('x')]).then(a => a[0].status + a[0].value + a[1].status + a[1].reason)", "fulfilled1rejectedx")]
    [InlineData("return Promise.any([Promise.reject(1), 2]).then(v => v)", "2")]
    [InlineData("return Promise.any([Promise.reject(1), Promise.reject(2)]).catch(e => e.errors[0] + e.errors[1] + e.message)", "3All promises were rejected")]
    [InlineData("return Promise.race([new Promise(() => {}), Promise.resolve('first')])", "first")]
    [InlineData("var p = Promise.resolve(1); return Promise.resolve(p) === p", "true")]
    public void Promises_SettleAsTheLanguageSays(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Theory]
    [InlineData("Promise.reject('lost'); return 1", "Error: unhandled promise rejection: lost")]
    [InlineData("(async () => { throw 'lost' })(); return 1", "Error: unhandled promise rejection: lost")]
    [InlineData("return new Promise(() => {})", "Error: async function did not complete")]
    [InlineData("return Promise.reject('own')", "own")]
    [InlineData("var p = Promise.reject('late'); p.catch(() => {}); return 1", "1")]
    public void LostPromises_EndTheRun(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Fact]
    public void Runtime10_HasPromisesWithoutCombinators() =>
        Assert.Equal("1undefined", Script.Run("return Promise.resolve(1).then(function (v) { return v + '' + Promise.all })", Brink.JavaScript.Runtime.CloudFrontJs10));

    [Fact]
    public void EndlessJobs_Stop() => Assert.Contains(Script.Run("function again() { return Promise.resolve().then(again) } return again()"), new[] { "OverCompute", "OverMemory" });

    [Fact]
    public void EndlessAwait_Stops() => Assert.Contains(Script.RunAsync("for (;;) await null"), new[] { "OverCompute", "OverMemory" });
}
