//! Greets whoever ordered, by the country of the order. In comes the event on standard input, out goes the answer on
//! standard output; what is written to standard error is the log.
//!
//! Reads and writes by WASI itself: the standard library's `Io` would bring functions for files, which are not there.

const std = @import("std");
const wasi = std.os.wasi;

const Event = struct { data: struct { country: []const u8 } };

const Greeting = struct { greeting: []const u8 };

const Answer = struct { traits: Greeting, output: Greeting };

/// An event has 1 MiB at most.
var room: [3 * 1024 * 1024]u8 = undefined;

fn input(into: []u8) ![]const u8 {
    var length: usize = 0;
    while (true) {
        var piece = [_]wasi.iovec_t{.{ .base = into[length..].ptr, .len = into.len - length }};
        var read: usize = 0;
        if (wasi.fd_read(0, &piece, piece.len, &read) != .SUCCESS) return error.Unreadable;
        if (read == 0) return into[0..length];
        length += read;
    }
}

fn write(fd: wasi.fd_t, text: []const u8) !void {
    var left = text;
    while (left.len > 0) {
        const piece = [_]wasi.ciovec_t{.{ .base = left.ptr, .len = left.len }};
        var written: usize = 0;
        if (wasi.fd_write(fd, &piece, piece.len, &written) != .SUCCESS) return error.Unwritable;
        left = left[written..];
    }
}

fn greeting(country: []const u8) []const u8 {
    const words = std.StaticStringMap([]const u8).initComptime(.{
        .{ "DE", "Guten Tag" },
        .{ "FR", "Bonjour" },
        .{ "IT", "Buongiorno" },
    });
    return words.get(country) orelse "Hello";
}

/// What must not happen ends the run: to tell of it by the standard library would bring its files too.
pub const panic = std.debug.no_panic;

pub fn main() u8 {
    greet() catch |problem| {
        write(2, @errorName(problem)) catch {};
        return 1;
    };
    return 0;
}

fn greet() !void {
    var allocator = std.heap.FixedBufferAllocator.init(room[1024 * 1024 ..]);
    const memory = allocator.allocator();
    const text = try input(room[0 .. 1024 * 1024]);
    const event = try std.json.parseFromSliceLeaky(Event, memory, text, .{ .ignore_unknown_fields = true });
    const words = greeting(event.data.country);
    try write(2, try std.fmt.allocPrint(memory, "{s}: {s}\n", .{ event.data.country, words }));
    const answer = Answer{ .traits = .{ .greeting = words }, .output = .{ .greeting = words } };
    try write(1, try std.json.Stringify.valueAlloc(memory, answer, .{}));
}
