// Not built: shapes that tools/lib/coroutines.query must find (marked) and must leave alone.
#include <coroutine>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

template <class T>
using task = boost::asio::awaitable<T, boost::asio::io_context::executor_type>;

struct named {
    std::string name;
    int count = 0;
};
struct row {
    int a;
    int b;
};

template <class Function>
task<int> run(Function function) {
    co_return function();
}
task<int> take(named) {
    co_return 1;
}
task<int> number() {
    co_return 1;
}
task<std::string> text() {
    co_return "a";
}

task<int> lambda_captures_object(std::string name) {
    co_return co_await run([name] { return static_cast<int>(name.size()); });  // broken
}
task<int> aggregate_temporary(std::string name) {
    co_return co_await take(named{name, 1});  // broken
}
task<row> returned_braces() {
    co_return row{co_await number(), 1};  // broken
}
task<int> argument_braces(std::vector<row>& rows) {
    rows.push_back({co_await number(), 2});  // broken
    co_return 1;
}
task<std::string> chosen_object(bool first) {
    std::string chosen = first ? co_await text() : std::string{};  // broken
    co_return chosen;
}

task<int> named_lambda(std::string name) {
    auto size = [name] { return static_cast<int>(name.size()); };
    co_return co_await run(std::move(size));
}
task<int> lambda_captures_reference(const std::string& name) {
    co_return co_await run([&name] { return static_cast<int>(name.size()); });
}
task<int> named_aggregate(named one) {
    co_return co_await take(std::move(one));
}
task<int> awaited_before(bool first) {
    const int value = co_await number();
    const int other = first ? co_await number() : 2;
    co_return row{value, other}.a;
}
