#include "tests/bytecode/sample_program.h"

namespace wend::bytecode::testing {
namespace {

template <typename Id>
Id id(size_t index) {
  return static_cast<Id>(index);
}

Type type(ValueKind kind, bool optional = false) {
  Type result;
  result.kind = kind;
  result.optional = optional;
  return result;
}

std::vector<Type> sample_types() {
  std::vector<Type> types(k_type_count);
  types[k_boolean] = type(ValueKind::boolean);
  types[k_integer] = type(ValueKind::integer);
  types[k_decimal] = type(ValueKind::decimal);
  types[k_money] = type(ValueKind::decimal);
  types[k_money].currency = "USD";
  types[k_optional_money] = types[k_money];
  types[k_optional_money].optional = true;
  types[k_text] = type(ValueKind::text);
  types[k_email] = type(ValueKind::text);
  types[k_email].format = TextFormat::email;
  types[k_optional_email] = types[k_email];
  types[k_optional_email].optional = true;
  types[k_optional_delivery] = type(ValueKind::delivery, true);
  types[k_plan] = type(ValueKind::enumeration);
  types[k_optional_plan] = type(ValueKind::enumeration, true);
  types[k_line] = type(ValueKind::record);
  types[k_lines] = type(ValueKind::list);
  types[k_lines].element = type_id(k_line);
  types[k_instant] = type(ValueKind::instant);
  types[k_optional_instant] = type(ValueKind::instant, true);
  types[k_duration] = type(ValueKind::duration);
  types[k_period] = type(ValueKind::period);
  types[k_time_zone] = type(ValueKind::time_zone);
  types[k_time_of_day] = type(ValueKind::time_of_day);
  types[k_tags] = type(ValueKind::list);
  types[k_tags].element = type_id(k_text);
  types[k_tags].is_set = true;
  types[k_optional_integer] = type(ValueKind::integer, true);
  types[k_date] = type(ValueKind::date);
  types[k_optional_text] = type(ValueKind::text, true);
  types[k_optional_time_zone] = type(ValueKind::time_zone, true);
  types[k_time_zones] = type(ValueKind::list);
  types[k_time_zones].element = type_id(k_time_zone);
  types[k_delivery] = type(ValueKind::delivery);
  return types;
}

FieldInfo field(std::string name, SampleType type) {
  return {name, name, type_id(type)};
}

Program base_program() {
  Program program;
  program.name = "sample";
  program.types = sample_types();
  program.enums = {{"Plan", {{"free", "FREE"}, {"paid", "paid"}}}};
  program.records = {{"Line", {field("sku", k_text), field("quantity", k_integer), field("price", k_optional_money)}}};
  program.topics = {"news"};
  return program;
}

FunctionId add_function(Program& program, std::string name, std::vector<SampleType> registers, uint16_t parameters,
                        std::vector<Instruction> code) {
  Function& function = program.functions.emplace_back();
  function.name = std::move(name);
  for (const SampleType register_type : registers) function.registers.push_back(type_id(register_type));
  function.parameter_count = parameters;
  function.lines.assign(code.size(), 1);
  function.code = std::move(code);
  return id<FunctionId>(program.functions.size() - 1);
}

size_t add_constant(Program& program, SampleType type, decltype(Constant::value) value) {
  program.constants.push_back({type_id(type), std::move(value)});
  return program.constants.size() - 1;
}

// Written in pieces, in a loop that ends after its first round.
FunctionId add_text_function(Program& program, std::string name, const std::string& text, std::vector<SampleType> parameters) {
  const size_t constant = add_constant(program, k_text, text);
  std::vector<SampleType> registers = parameters;
  registers.push_back(k_text);
  registers.push_back(k_boolean);
  const size_t piece = parameters.size();
  const size_t is_over = piece + 1;
  Assembler code;
  code.emit(Opcode::load_constant, piece, constant);
  code.emit(Opcode::begin_text);
  code.emit(Opcode::write, piece);
  code.emit(Opcode::equal_bytes, is_over, piece, piece);
  code.emit(Opcode::jump_if, is_over, 6);
  code.emit(Opcode::loop, 0, 2);
  code.emit(Opcode::end_text, piece);
  code.emit(Opcode::return_value, piece);
  return add_function(program, std::move(name), registers, static_cast<uint16_t>(parameters.size()), code.take());
}

SendSite site(size_t message, std::string path) {
  SendSite result;
  result.message = id<MessageId>(message);
  result.path = std::move(path);
  result.step = "main";
  result.via = {id<ChannelId>(0)};
  return result;
}

void add_email_channel(Program& program) {
  program.attributes.push_back({"email", type_id(k_optional_email), false, {"pii"}});
  Assembler code;
  code.emit(Opcode::load_attribute, 0, program.attributes.size() - 1);
  code.emit(Opcode::return_value, 0);
  const FunctionId address = add_function(program, "address of email", {k_optional_email}, 0, code.take());
  program.channels.push_back({"email", address, {{"marketing", id<TopicId>(0)}}, {"clicked", "opened"}, {"pii"}});
}

void add_message(Program& program, std::string name, std::vector<Parameter> parameters, std::vector<SampleType> types) {
  Message message{std::move(name), "marketing", std::move(parameters), {}};
  const FunctionId render = add_text_function(program, message.name + " subject", "Hello from " + message.name, types);
  message.bodies = {{id<ChannelId>(0), std::nullopt, {{"subject", render}}}};
  program.messages.push_back(std::move(message));
}

}  // namespace

Program reference_program() {
  Program program = base_program();
  program.source_files = {{"journeys/reference.journey", 1}};
  Event signed_up{"SignedUp", "signed_up", {field("plan", k_optional_plan)}, Period{0, 1}, 0, {}};
  Event purchased{"Purchased", "purchased", {field("order_id", k_text), field("amount", k_money)}, Period{0, 1}, 0, {}};
  program.events = {signed_up, purchased};
  add_email_channel(program);
  for (const char* name : {"Big", "Small", "Reminder"}) add_message(program, name, {}, {});
  const size_t fifty = add_constant(program, k_money, *Decimal::parse("50"));

  enum { r_amount, r_limit, r_is_less, r_sent };
  Assembler code;
  code.emit(Opcode::suspend, 0);
  const uint32_t arm = code.emit(Opcode::load_field, r_amount, 1);
  code.emit(Opcode::load_constant, r_limit, fifty);
  code.emit(Opcode::less_equal_decimal, r_is_less, r_limit, r_amount);
  const uint32_t skip = code.jump(Opcode::jump_unless, r_is_less, 0);
  code.emit(Opcode::send, r_sent, 0, 0);
  code.emit(Opcode::end, 0);
  code.land(skip);
  code.emit(Opcode::send, r_sent, 1, 0);
  code.emit(Opcode::end, 0);
  const uint32_t timeout = code.emit(Opcode::send, r_sent, 2, 0);
  code.emit(Opcode::end, 0);

  Journey journey;
  journey.name = "reference";
  journey.owner = "crm@shop.test";
  journey.lifetime = Period{0, 30};
  journey.body = add_function(program, "journey reference", {k_money, k_money, k_boolean, k_optional_delivery}, 0, code.take());
  journey.labels = {"done"};
  journey.entries.resize(1);
  journey.entries[0].event = id<EventId>(0);
  journey.entries[0].start = {0, id<EventId>(0)};
  journey.layouts.resize(1);
  journey.points.resize(1);
  WaitingPoint& point = journey.points[0];
  point.kind = PointKind::await;
  point.path = "main/await";
  point.step = "main";
  point.fixed_ms = 2 * k_day_ms;
  point.timeout = Entry{timeout, {}};
  point.arms.resize(1);
  point.arms[0].signal = SignalKind::event;
  point.arms[0].event = id<EventId>(1);
  point.arms[0].entry = {arm, id<EventId>(1)};
  journey.sites = {site(0, "main/Big"), site(1, "main/Small"), site(2, "main/Reminder")};
  journey.steps = {"main"};
  program.journeys = {journey};
  return program;
}

Program rich_program() {
  Program program = base_program();
  program.source_files = {{"a.journey", 1}, {"b.journey", 2}};
  program.attributes = {{"name", type_id(k_optional_text), false, {"pii"}},
                        {"score", type_id(k_integer), true, {}},
                        {"tags", type_id(k_tags), true, {}},
                        {"renews", type_id(k_optional_instant), false, {}}};
  program.events = {{"OrderPlaced",
                     "Order Placed",
                     {field("order_id", k_text), field("total", k_money), field("lines", k_lines), field("plan", k_optional_plan)},
                     Period{0, 1},
                     5 * k_minute_ms,
                     0},
                    {"Visited", "visited", {field("page", k_text), field("at", k_instant)}, DurationMs{k_hour_ms}, 0, {}},
                    {"Taken", "taken", {field("sku", k_text), field("quantity", k_integer), field("price", k_optional_money)}, Period{0, 1}, 0, {}}};
  add_email_channel(program);
  add_message(program, "Welcome", {{"name", type_id(k_optional_text)}, {"total", type_id(k_money)}}, {k_optional_text, k_money});
  program.experiments = {{"offer", "2026-q1", "", {}, 0, {{"plain", {{0, 500'000}}, {}}, {"discount", {{500'000, 1'000'000}}, {}}}}};

  Assembler zone;
  const size_t london = add_constant(program, k_time_zone, std::string("Europe/London"));
  zone.emit(Opcode::load_constant, 0, london);
  zone.emit(Opcode::return_value, 0);
  program.zone = add_function(program, "time zone", {k_time_zone}, 0, zone.take());

  const size_t hundred = add_constant(program, k_money, *Decimal::parse("100"));
  Assembler filter;
  filter.emit(Opcode::load_field, 0, 1);
  filter.emit(Opcode::load_constant, 1, hundred);
  filter.emit(Opcode::less_decimal, 2, 1, 0);
  filter.emit(Opcode::return_value, 2);
  const FunctionId is_large = add_function(program, "filter", {k_money, k_money, k_boolean}, 0, filter.take());
  program.history = {{id<EventId>(0), is_large, Period{0, 30}, 3}, {id<EventId>(1), {}, {}, 1000}, {id<EventId>(2), {}, Period{0, 7}, 20, id<RecordId>(0)}};

  const size_t seven = add_constant(program, k_integer, int64_t{7});
  const size_t day = add_constant(program, k_duration, int64_t{k_day_ms});
  const size_t month = add_constant(program, k_period, int64_t{1} << 32);
  const size_t nine = add_constant(program, k_time_of_day, int64_t{9 * 3600});
  const size_t shop = add_constant(program, k_text, std::string("/shop"));
  const size_t paid = add_constant(program, k_plan, int64_t{1});

  enum {
    r_holds,
    r_count,
    r_count2,
    r_decimal,
    r_name,  // parameters of the message
    r_total,
    r_sent,
    r_text,  // parameters of `starts_with`, elements of a list
    r_text2,
    r_plan,
    r_optional_plan,
    r_sku,  // fields of a line
    r_quantity,
    r_price,
    r_line,
    r_lines,
    r_at,  // parameters of `_add_period`
    r_period,
    r_zone,
    r_at2,  // parameters of `_next_time`
    r_time_of_day,
    r_zone2,
    r_renews,
    r_duration,
    r_tags,
    r_order_id,
    r_position,
  };
  const std::vector<SampleType> registers = {k_boolean,
                                             k_integer,
                                             k_integer,
                                             k_decimal,
                                             k_optional_text,
                                             k_money,
                                             k_optional_delivery,
                                             k_text,
                                             k_text,
                                             k_plan,
                                             k_optional_plan,
                                             k_text,
                                             k_integer,
                                             k_optional_money,
                                             k_line,
                                             k_lines,
                                             k_instant,
                                             k_period,
                                             k_time_zone,
                                             k_instant,
                                             k_time_of_day,
                                             k_time_zone,
                                             k_optional_instant,
                                             k_duration,
                                             k_tags,
                                             k_text,
                                             k_integer};
  Assembler code;
  const uint32_t where = code.emit(Opcode::load_consent, r_holds, 0);
  code.emit(Opcode::not_boolean, r_holds, r_holds);
  code.emit(Opcode::return_value, r_holds);
  const uint32_t key = code.emit(Opcode::load_field, r_order_id, 0);
  code.emit(Opcode::return_value, r_order_id);

  const uint32_t start = code.emit(Opcode::load_field, r_order_id, 0);
  code.emit(Opcode::load_field, r_total, 1);
  code.emit(Opcode::load_field, r_lines, 2);
  code.emit(Opcode::load_field, r_optional_plan, 3);
  code.emit(Opcode::load_attribute, r_name, 0);
  code.emit(Opcode::load_attribute, r_count, 1);
  code.emit(Opcode::load_attribute, r_tags, 2);
  code.emit(Opcode::load_position, r_position);
  code.emit(Opcode::load_history, r_count2, 0);
  code.emit(Opcode::load_list, r_lines, 2);
  // Arithmetic.
  code.emit(Opcode::add_integer, r_count, r_count, r_count2);
  code.emit(Opcode::load_constant, r_count2, seven);
  code.emit(Opcode::multiply_integer, r_count, r_count, r_count2);
  code.emit(Opcode::subtract_integer, r_count, r_count, r_count2);
  code.emit(Opcode::negate_integer, r_count, r_count);
  code.emit(Opcode::integer_to_decimal, r_decimal, r_count);
  code.emit(Opcode::add_decimal, r_decimal, r_decimal, r_total);
  code.emit(Opcode::subtract_decimal, r_decimal, r_decimal, r_total);
  code.emit(Opcode::multiply_decimal, r_decimal, r_decimal, r_decimal);
  code.emit(Opcode::negate_decimal, r_decimal, r_decimal);
  code.emit(Opcode::load_absent, r_price);
  code.emit(Opcode::equal_decimal, r_holds, r_decimal, r_price);
  code.emit(Opcode::less_equal_decimal, r_holds, r_decimal, r_total);
  const uint32_t not_less = code.jump(Opcode::jump_unless, r_holds, 0);
  code.emit(Opcode::divide_decimal, r_decimal, r_decimal, r_total);
  code.land(not_less);
  // Optional values.
  const uint32_t no_plan = code.jump(Opcode::jump_if_absent, r_optional_plan, 0);
  code.emit(Opcode::unwrap, r_plan, r_optional_plan);
  code.emit(Opcode::load_constant, r_plan, paid);
  code.emit(Opcode::equal_word, r_holds, r_plan, r_optional_plan);
  code.land(no_plan);
  code.emit(Opcode::is_present, r_holds, r_optional_plan);
  code.emit(Opcode::less_word, r_holds, r_count, r_count2);
  code.emit(Opcode::less_equal_word, r_holds, r_count, r_count2);
  // Texts, records and lists.
  code.emit(Opcode::move, r_text, r_order_id);
  code.emit(Opcode::load_constant, r_text2, shop);
  code.emit(Opcode::concat, r_text, r_text, r_text2);
  code.emit(Opcode::format, r_text2, r_total);
  code.emit(Opcode::concat, r_text, r_text, r_text2);
  code.emit(Opcode::equal_bytes, r_holds, r_text, r_name);
  code.emit(Opcode::contains, r_holds, r_tags, r_text);
  code.emit(Opcode::make_list, r_tags, r_text, 2);
  code.emit(Opcode::set_attribute, r_tags, 2);
  code.emit(Opcode::move, r_sku, r_text);
  code.emit(Opcode::move, r_quantity, r_count);
  code.emit(Opcode::move, r_price, r_total);
  code.emit(Opcode::make_record, r_line, r_sku, 3);
  code.emit(Opcode::member, r_price, r_line, 2);
  // Time.
  code.emit(Opcode::load_now, r_at);
  code.emit(Opcode::load_constant, r_duration, day);
  code.emit(Opcode::add_word, r_at, r_at, r_duration);
  code.emit(Opcode::subtract_word, r_at, r_at, r_duration);
  code.emit(Opcode::load_constant, r_period, month);
  code.emit(Opcode::load_zone, r_zone);
  code.emit(Opcode::call_native, r_at2, r_at, 1);  // _add_period
  code.emit(Opcode::load_constant, r_time_of_day, nine);
  code.emit(Opcode::move, r_zone2, r_zone);
  code.emit(Opcode::call_native, r_at2, r_at2, 4);  // _next_time
  code.emit(Opcode::assign_arm, r_count2, 0);
  code.emit(Opcode::send, r_sent, 0, r_name);
  code.emit(Opcode::suspend, 0);
  // The arms and what follows the first point.
  const uint32_t visited_at = code.emit(Opcode::load_field, r_text, 0);
  code.emit(Opcode::load_constant, r_text2, shop);
  code.emit(Opcode::call_native, r_holds, r_text, 34);  // starts_with
  const uint32_t fits_arm = code.jump(Opcode::jump_if, r_holds, 0);
  code.emit(Opcode::decline);
  code.land(fits_arm);
  const uint32_t to_end = code.jump(Opcode::jump, 0, 0);
  const uint32_t clicked_at = code.emit(Opcode::end, 1);
  const uint32_t timeout = code.emit(Opcode::suspend, 1);
  const uint32_t deadline = code.emit(Opcode::load_attribute, r_renews, 3);
  code.emit(Opcode::return_value, r_renews);
  code.land(to_end);
  const uint32_t last = code.emit(Opcode::end, 0);
  // The exit's and the goal's conditions.
  const uint32_t exit_where = code.emit(Opcode::load_field, r_text2, 0);
  code.emit(Opcode::equal_bytes, r_holds, r_text2, r_order_id);
  code.emit(Opcode::return_value, r_holds);
  const uint32_t goal_where = code.emit(Opcode::load_field, r_lines, 2);
  code.emit(Opcode::call_native, r_count, r_lines, 20);  // size_of
  code.emit(Opcode::load_constant, r_count2, seven);
  code.emit(Opcode::less_word, r_holds, r_count2, r_count);
  code.emit(Opcode::return_value, r_holds);

  Journey journey;
  journey.name = "rich";
  journey.owner = "crm@shop.test";
  journey.lifetime = Period{2, 0};
  journey.priority = -5;
  journey.body = add_function(program, "journey rich", registers, 0, code.take());
  journey.labels = {"done", "engaged"};
  journey.entries.resize(1);
  journey.entries[0] = {id<EventId>(0),
                        {},
                        {},
                        false,
                        Entry{where, id<EventId>(0)},
                        Entry{key, id<EventId>(0)},
                        Entry{start, id<EventId>(0)},
                        false,
                        AlreadyRunning::restart,
                        Period{0, 3}};
  journey.exits = {{id<LabelId>(1), id<EventId>(0), Entry{exit_where, id<EventId>(0)}}};
  journey.goals = {{"bought again", id<EventId>(0), Entry{goal_where, id<EventId>(0)}, Period{0, 7}, GoalAnchor::first_send}};
  journey.layouts = {{{{"order_id", id<Register>(r_order_id)}, {"nudge", id<Register>(r_sent)}, {"@step", id<Register>(r_position)}}},
                     {{{"order_id", id<Register>(r_order_id)}}},
                     {{{"order_id", id<Register>(r_order_id)}}}};
  journey.goal_layout = id<LayoutId>(2);
  journey.points.resize(2);
  WaitingPoint& await = journey.points[0];
  await.kind = PointKind::await;
  await.path = "main/await";
  await.step = "main";
  await.layout = id<LayoutId>(0);
  await.fixed_ms = k_day_ms;
  await.timeout = Entry{timeout, {}};
  await.grace_ms = 5 * k_minute_ms;
  AwaitArm visited;
  visited.signal = SignalKind::event;
  visited.event = id<EventId>(1);
  visited.entry = {visited_at, id<EventId>(1)};
  visited.look_back = LookBack::since_step;
  visited.step_start = id<Register>(r_position);
  AwaitArm receipt;
  receipt.signal = SignalKind::receipt;
  receipt.delivery = id<Register>(r_sent);
  receipt.receipt = "clicked";
  receipt.entry = {clicked_at, {}};
  await.arms = {visited, receipt};
  WaitingPoint& wait = journey.points[1];
  wait.kind = PointKind::wait;
  wait.path = "main/wait";
  wait.step = "main";
  wait.layout = id<LayoutId>(1);
  wait.deadline = Entry{deadline, {}};
  wait.timeout = Entry{last, {}};
  wait.if_past = Entry{last, {}};
  wait.if_absent = Entry{last, {}};
  wait.live = {id<AttributeId>(3)};
  SendSite welcome = site(0, "main/Welcome");
  welcome.within = Period{0, 2};
  welcome.rounds = {id<Register>(r_position)};
  journey.sites = {welcome};
  journey.required = {id<AttributeId>(1)};
  journey.steps = {"main"};
  program.journeys = {journey};
  return program;
}

Program segment_program() {
  Program program = rich_program();
  Assembler consents;
  consents.emit(Opcode::load_consent, 0, 0);
  consents.emit(Opcode::return_value, 0);
  const FunctionId condition = add_function(program, "segment readers", {k_boolean}, 0, consents.take());
  const size_t born = add_constant(program, k_date, int64_t{9'000});
  Assembler date;
  date.emit(Opcode::load_constant, 0, born);
  date.emit(Opcode::return_value, 0);
  const FunctionId date_of = add_function(program, "every year on", {k_date}, 0, date.take());
  program.segments = {{"readers", condition, true, false}, {"readers", condition, true, true}, {"asked", condition, false, false}};
  program.schedules = {{.kind = ScheduleKind::weekdays, .weekdays = 0x1f, .at = 9 * 3600, .segment = SegmentId{0}},
                       {.kind = ScheduleKind::days, .every = 14, .at = 0, .segment = SegmentId{0}},
                       {.kind = ScheduleKind::months, .every = 3, .at = 0, .segment = SegmentId{0}},
                       {.kind = ScheduleKind::yearly, .date_of = date_of, .at = 3600},
                       {.kind = ScheduleKind::once, .date = 20'000, .at = 86'399, .segment = SegmentId{1}}};
  Assembler code;
  code.emit(Opcode::load_segment, 0, 2);
  code.emit(Opcode::load_constant, 1, add_constant(program, k_text, std::string("/again")));
  code.emit(Opcode::load_now, 2);
  code.emit(Opcode::emit, 1, 1);
  const uint32_t skip = code.jump(Opcode::jump_unless, 0, 0);
  code.emit(Opcode::hand_off, program.journeys.size(), 1, 1);
  code.land(skip);
  code.emit(Opcode::end, 0);
  Journey journey;
  journey.name = "standing";
  journey.lifetime = Period{0, 1};
  journey.labels = {"done", "handed_off"};
  journey.body = add_function(program, "journey standing", {k_boolean, k_text, k_instant}, 0, code.take());
  journey.layouts = {{{{"page", id<Register>(1)}}}};
  journey.handoff_layout = id<LayoutId>(0);
  journey.entries.push_back({.joins = SegmentId{1}});
  for (size_t i = 0; i < program.schedules.size(); ++i) journey.entries.push_back({.schedule = id<ScheduleId>(i)});
  journey.entries.push_back({.handoff = true});
  program.journeys.push_back(journey);
  return program;
}

Program fork_program() {
  Program program = rich_program();
  Assembler code;
  code.emit(Opcode::fork, 0);
  const uint32_t waits = code.emit(Opcode::suspend, 0);
  const uint32_t waited = code.emit(Opcode::end_branch, 0);
  const uint32_t at_once = code.emit(Opcode::end_branch, 0);
  const uint32_t join = code.emit(Opcode::call, 0, 0);
  const uint32_t answered = code.emit(Opcode::end, 0);
  program.actions.push_back({.name = "ping"});
  Journey journey;
  journey.name = "forking";
  journey.lifetime = Period{0, 1};
  journey.labels = {"done"};
  journey.body = add_function(program, "journey forking", {k_boolean}, 0, code.take());
  journey.entries.push_back({.event = id<EventId>(0)});
  journey.layouts.resize(1);
  WaitingPoint& point = journey.points.emplace_back();
  point.kind = PointKind::wait;
  point.path = "waits/wait";
  point.fixed_ms = k_day_ms;
  point.timeout = Entry{waited, {}};
  point.within = ForkPlace{id<ForkId>(0), 0};
  WaitingPoint& asked = journey.points.emplace_back();
  asked.kind = PointKind::call;
  asked.path = "ping";
  asked.call = id<CallId>(0);
  asked.arms = {{.signal = SignalKind::answer, .entry = {answered, {}}}, {.signal = SignalKind::failed_answer, .entry = {answered, {}}}};
  journey.calls.push_back({.path = "ping", .waits_at = id<PointId>(1)});
  journey.forks.push_back({.kind = ForkKind::parallel, .path = "parallel", .branches = {Entry{waits, {}}, Entry{at_once, {}}}, .join = {join, {}}});
  program.journeys.push_back(journey);
  return program;
}

}  // namespace wend::bytecode::testing
