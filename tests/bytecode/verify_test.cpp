// Each rule of the verifier, by a program that breaks it and nothing else.

#include "runtime/bytecode/verify.h"

#include <gtest/gtest.h>

#include <functional>

#include "runtime/bytecode/limits.h"
#include "tests/bytecode/sample_program.h"

namespace wend::bytecode {
namespace {

using namespace testing;

std::string fault_of(const Program& program) {
  const auto error = verify(program);
  return error ? error->where + ": " + error->what : "verified";
}

template <typename Id>
Id id(size_t index) {
  return static_cast<Id>(index);
}

struct Case {
  const char* name;
  std::function<void(Program&)> breaks;
  const char* expected;
};

void expect_faults(Program (*base)(), const std::vector<Case>& cases) {
  for (const Case& at : cases) {
    Program program = base();
    at.breaks(program);
    EXPECT_EQ(fault_of(program), at.expected) << at.name;
  }
}

Journey& journey(Program& program) {
  return program.journeys[0];
}
Function& body(Program& program) {
  return program.functions[static_cast<size_t>(program.journeys[0].body)];
}

// The reference journey's body, by instruction number: 0 suspend, 1 load_field r0 amount, 2 load_constant r1, 3 less_equal_decimal r2 r1
// r0, 4 jump_unless r2 @7, 5 send r3, 6 end, 7 send r3, 8 end, 9 send r3, 10 end.
Instruction& at(Program& program, size_t pc) {
  return body(program).code[pc];
}

Instruction make(Opcode opcode, uint16_t a = 0, uint16_t b = 0, uint16_t c = 0) {
  return {opcode, 0, a, b, c};
}

TEST(Verify, Types) {
  expect_faults(
      reference_program,
      {{"kind", [](Program& p) { p.types[0].kind = id<ValueKind>(99); }, "type 0: unknown value kind 99"},
       {"format", [](Program& p) { p.types[k_email].format = id<TextFormat>(99); }, "type 6: unknown text format 99"},
       {"enum", [](Program& p) { p.types[k_plan].enumeration = id<EnumId>(1); }, "type 9: enum 1 of 1"},
       {"record", [](Program& p) { p.types[k_line].record = id<RecordId>(7); }, "type 11: record 7 of 1"},
       {"element", [](Program& p) { p.types[k_lines].element = id<TypeId>(100); }, "type 12: element type 100 of 26"},
       {"optional element", [](Program& p) { p.types[k_lines].element = type_id(k_optional_text); },
        "type 12: a list's element is optional"},
       {"empty record", [](Program& p) { p.records[0].fields.clear(); }, "record Line: a record has at least one field"},
       {"field type", [](Program& p) { p.records[0].fields[1].type = id<TypeId>(99); }, "record Line: field quantity has type 99 of 26"},
       {"empty enum", [](Program& p) { p.enums[0].values.clear(); }, "enum Plan: an enum has at least one value"},
       {"record inside itself", [](Program& p) { p.records[0].fields[0].type = type_id(k_line); },
        "type 11: the type contains itself, or is more than 32 deep"},
       {"list inside itself", [](Program& p) { p.types[k_lines].element = type_id(k_lines); },
        "type 12: the type contains itself, or is more than 32 deep"},
       {"deep",
        [](Program& p) {
          for (int i = 0; i < 33; ++i) {
            Type list = p.types[k_lines];
            list.element = id<TypeId>(i == 0 ? size_t{k_text} : p.types.size() - 1);
            p.types.push_back(list);
          }
        },
        "type 57: the type contains itself, or is more than 32 deep"},
       {"text", [](Program& p) { p.messages[0].name = "\xff"; }, "section messages: a text is not valid UTF-8"},
       {"text in a layout", [](Program& p) { p.journeys[0].steps[0] = "\xc3"; }, "section journeys: a text is not valid UTF-8"}});
}

TEST(Verify, Tables) {
  expect_faults(
      rich_program,
      {{"constant type", [](Program& p) { p.constants[0].type = id<TypeId>(99); }, "constant 0: type 99 of 26"},
       {"optional constant", [](Program& p) { p.constants[0].type = type_id(k_optional_text); }, "constant 0: the type is optional"},
       {"delivery constant", [](Program& p) { p.constants[0].type = type_id(k_delivery); }, "constant 0: a delivery is never constant"},
       {"representation", [](Program& p) { p.constants[0].value = int64_t{1}; },
        "constant 0: the value's representation is not that of text"},
       {"enum constant",
        [](Program& p) {
          p.constants.push_back({type_id(k_plan), int64_t{2}});
        },
        "constant 9: the value is no enumeration"},
       {"text constant", [](Program& p) { p.constants[0].value = std::string("\xff"); }, "constant 0: the value is no text"},
       {"list constant",
        [](Program& p) {
          p.constants.push_back({type_id(k_tags), std::string("\x02\x01"
                                                              "b\x01"
                                                              "a",
                                                              5)});
        },
        "constant 9: the value is no list"},
       {"attribute", [](Program& p) { p.attributes[0].type = id<TypeId>(99); }, "attribute name: type 99 of 26"},
       {"zone", [](Program& p) { p.zone = id<FunctionId>(99); }, "customer time zone: function 99 of 5"},
       {"event field", [](Program& p) { p.events[0].fields[0].type = id<TypeId>(99); }, "event OrderPlaced: type 99 of 26"},
       {"late",
        [](Program& p) {
          p.events[0].late = Period{-1, 0};
        },
        "event OrderPlaced: `late` is out of range"},
       {"grace", [](Program& p) { p.events[0].grace_ms = -1; }, "event OrderPlaced: `grace` is out of range"},
       {"dedupe", [](Program& p) { p.events[0].dedupe_field = 9; }, "event OrderPlaced: dedupe field 9 of 4"},
       {"history event", [](Program& p) { p.history[0].event = id<EventId>(9); }, "history query 0: event 9 of 3"},
       {"history filter", [](Program& p) { p.history[0].filter = id<FunctionId>(9); }, "history query 0: function 9 of 5"},
       {"history window", [](Program& p) { p.history[0].window = DurationMs{-1}; }, "history query 0: the window is out of range"},
       {"history limit", [](Program& p) { p.history[0].limit = 0; }, "history query 0: limit 0 is not 1 to 1000"},
       {"channel topic", [](Program& p) { p.channels[0].topics[0].second = id<TopicId>(3); }, "channel email: topic 3 of 1"},
       {"channel address", [](Program& p) { p.channels[0].address = id<FunctionId>(9); }, "channel email: function 9 of 5"},
       {"parameter", [](Program& p) { p.messages[0].parameters[0].type = id<TypeId>(99); }, "message Welcome: type 99 of 26"},
       {"body channel", [](Program& p) { p.messages[0].bodies[0].channel = id<ChannelId>(9); }, "message Welcome: channel 9 of 1"},
       {"body", [](Program& p) { p.messages[0].bodies[0].parts[0].render = id<FunctionId>(9); }, "message Welcome: function 9 of 5"},
       {"slots", [](Program& p) { p.experiments[0].arms[0].slots[0].end = 500'001; }, "experiment offer: two arms own a slot"},
       {"unowned slots", [](Program& p) { p.experiments[0].arms[0].slots[0].end = 499'999; }, "experiment offer: the arms own 999999 slots of 1000000"},
       {"empty range", [](Program& p) { p.experiments[0].arms[1].slots[0].end = 500'000; },
        "experiment offer: slots 500000 to 500000 are empty, out of order or out of range"},
       {"retired with slots", [](Program& p) { p.experiments[0].arms[1].retired_as = 0; },
        "experiment offer: arm discount is retired, and has slots or no arm to be run instead"},
       {"control", [](Program& p) { p.experiments[0].control = 2; }, "experiment offer: arm 2 is none that others can run"},
       {"layer slots", [](Program& p) { p.experiments[0].layer_slots = {{0, 1}}; }, "experiment offer: slots of a layer, but no layer"},
       {"holdout", [](Program& p) { p.holdouts.push_back({"all", "h", 1'000'001, {}}); }, "holdout all: 1000001 slots of 1000000"},
       {"journey holdout", [](Program& p) { journey(p).holdouts = {id<HoldoutId>(0)}; }, "journey rich: holdout 0 of 0"},
       {"arms", [](Program& p) { p.experiments[0].arms.clear(); }, "experiment offer: an experiment has 1 to 65536 arms"},
       {"no code", [](Program& p) { p.functions[0].code.clear(); }, "function 0: 0 instructions; 1 to 65536 are allowed"},
       {"registers", [](Program& p) { p.functions[0].registers.resize(k_registers_max + 1); }, "function 0: more than 4096 registers"},
       {"parameters", [](Program& p) { p.functions[0].parameter_count = 9; }, "function 0: 9 parameters but 1 registers"},
       {"lines", [](Program& p) { p.functions[0].lines.pop_back(); }, "function 0: 1 source lines for 2 instructions"},
       {"register type", [](Program& p) { p.functions[0].registers[0] = id<TypeId>(99); }, "function 0: register type 99 of 26"}});
}

TEST(Verify, Journeys) {
  expect_faults(
      rich_program,
      {{"body", [](Program& p) { journey(p).body = id<FunctionId>(9); }, "journey rich: function 9 of 5"},
       {"done", [](Program& p) { journey(p).labels[0] = "over"; }, "journey rich: exit label 0 is not `done`"},
       {"lifetime",
        [](Program& p) {
          journey(p).lifetime = Period{-1, 0};
        },
        "journey rich: `lifetime` is out of range"},
       {"required", [](Program& p) { journey(p).required[0] = id<AttributeId>(9); }, "journey rich: attribute 9 of 5"},
       {"slot", [](Program& p) { journey(p).layouts[0].slots[0].reg = id<Register>(99); }, "journey rich, layout 0: register 99 of 27"},
       {"repeated slot", [](Program& p) { journey(p).layouts[0].slots[1] = journey(p).layouts[0].slots[0]; },
        "journey rich, layout 0: register 25 stands twice"},
       {"goal layout", [](Program& p) { journey(p).goal_layout = id<LayoutId>(9); }, "journey rich: goal layout 9 of 3"},
       {"site message", [](Program& p) { journey(p).sites[0].message = id<MessageId>(9); }, "journey rich, send site 0: message 9 of 1"},
       {"via", [](Program& p) { journey(p).sites[0].via.clear(); }, "journey rich, send site 0: no channel"},
       {"via channel", [](Program& p) { journey(p).sites[0].via[0] = id<ChannelId>(9); }, "journey rich, send site 0: channel 9 of 1"},
       {"within", [](Program& p) { journey(p).sites[0].within = DurationMs{-1}; }, "journey rich, send site 0: `within` is out of range"},
       {"round", [](Program& p) { journey(p).sites[0].rounds[0] = id<Register>(25); },
        "journey rich, send site 0: round register 25 is no integer"},
       {"rounds", [](Program& p) { journey(p).sites[0].rounds.resize(65); }, "journey rich, send site 0: inside more than 64 loops"},
       {"entry event", [](Program& p) { journey(p).entries[0].event = id<EventId>(9); }, "journey rich, entry 0: event 9 of 3"},
       {"entry start", [](Program& p) { journey(p).entries[0].start.pc = 999; },
        "journey rich, entry 0: the start begins at instruction 999 of 83"},
       {"entry reads", [](Program& p) { journey(p).entries[0].start.event = id<EventId>(1); },
        "journey rich, entry 0: the start reads an event that is not the one it reacts to"},
       {"re-entry", [](Program& p) { journey(p).entries[0].already = id<AlreadyRunning>(9); },
        "journey rich, entry 0: unknown re-entry rule 9"},
       {"cooldown", [](Program& p) { journey(p).entries[0].cooldown = DurationMs{-1}; },
        "journey rich, entry 0: `cooldown` is out of range"},
       {"exit label", [](Program& p) { journey(p).exits[0].label = id<LabelId>(9); }, "journey rich, exit 0: label 9 of 2"},
       {"state exit",
        [](Program& p) {
          journey(p).exits[0].event.reset();
          journey(p).exits[0].where.reset();
        },
        "journey rich, exit 0: neither an event nor a condition"},
       {"goal window", [](Program& p) { journey(p).goals[0].window = DurationMs{-1}; }, "journey rich, goal 0: the window is out of range"},
       {"goal anchor", [](Program& p) { journey(p).goals[0].anchor = id<GoalAnchor>(0); }, "journey rich, goal 0: unknown anchor 0"},
       {"point kind", [](Program& p) { journey(p).points[0].kind = id<PointKind>(0); }, "journey rich, waiting point 0: unknown kind 0"},
       {"point layout", [](Program& p) { journey(p).points[0].layout = id<LayoutId>(9); }, "journey rich, waiting point 0: layout 9 of 3"},
       {"deadline reads", [](Program& p) { journey(p).points[1].deadline->event = id<EventId>(0); },
        "journey rich, waiting point 1: the deadline reads an event that is not the one it reacts to"},
       {"two deadlines", [](Program& p) { journey(p).points[1].fixed_ms = 1; },
        "journey rich, waiting point 1: both a fixed and a computed deadline"},
       {"no timeout", [](Program& p) { journey(p).points[0].timeout.reset(); },
        "journey rich, waiting point 0: a deadline but nothing to do when it is reached"},
       {"fixed", [](Program& p) { journey(p).points[0].fixed_ms = -1; },
        "journey rich, waiting point 0: the fixed deadline is out of range"},
       {"point grace", [](Program& p) { journey(p).points[0].grace_ms = -1; }, "journey rich, waiting point 0: `grace` is out of range"},
       {"wait with arms", [](Program& p) { journey(p).points[0].kind = PointKind::wait; },
        "journey rich, waiting point 0: a wait with arms"},
       {"live", [](Program& p) { journey(p).points[1].live[0] = id<AttributeId>(9); }, "journey rich, waiting point 1: attribute 9 of 5"},
       {"interrupts", [](Program& p) { journey(p).points[0].interrupts = 3; },
        "journey rich, waiting point 0: more interrupts than arms"},
       {"interrupt that looks back", [](Program& p) { journey(p).points[0].interrupts = 1; },
        "journey rich, waiting point 0: an interrupt by a receipt or by what came before"},
       {"signal", [](Program& p) { journey(p).points[0].arms[0].signal = id<SignalKind>(9); },
        "journey rich, waiting point 0: unknown signal 9"},
       {"arm event", [](Program& p) { journey(p).points[0].arms[0].event = id<EventId>(9); },
        "journey rich, waiting point 0: event 9 of 3"},
       {"delivery", [](Program& p) { journey(p).points[0].arms[1].delivery = id<Register>(0); },
        "journey rich, waiting point 0: register 0 is not kept there"},
       {"delivery kind", [](Program& p) { journey(p).points[0].arms[1].delivery = id<Register>(25); },
        "journey rich, waiting point 0: register 25 is no delivery"},
       {"step start", [](Program& p) { journey(p).points[0].arms[0].step_start = id<Register>(25); },
        "journey rich, waiting point 0: register 25 is no integer"},
       {"look-back", [](Program& p) { journey(p).points[0].arms[0].look_back = id<LookBack>(9); },
        "journey rich, waiting point 0: unknown look-back 9"},
       {"ago", [](Program& p) { journey(p).points[0].arms[0].ago = DurationMs{-1}; },
        "journey rich, waiting point 0: the look-back is out of range"},
       {"shared body", [](Program& p) { p.journeys.push_back(p.journeys[0]); }, "journey rich: shares its body with another journey"},
       {"body as filter", [](Program& p) { p.history[0].filter = journey(p).body; },
        "filter of history query 0: its function is a journey's body"},
       {"body's parameters", [](Program& p) { body(p).parameter_count = 1; }, "journey rich: its body has parameters"},
       {"render's parameters", [](Program& p) { p.messages[0].parameters.pop_back(); },
        "subject of message Welcome: its function takes other parameters"}});
}

TEST(Verify, Instructions) {
  const auto body_with = [](size_t pc, Instruction instruction) { return [=](Program& p) { at(p, pc) = instruction; }; };
  expect_faults(
      reference_program,
      {{"opcode", body_with(1, make(id<Opcode>(0xee))), "journey reference, instruction 1 (?): unknown opcode 238"},
       {"zero", [](Program& p) { at(p, 1).zero = 1; }, "journey reference, instruction 1 (load_field): the second byte is not 0"},
       {"unused operand", [](Program& p) { at(p, 1).c = 1; }, "journey reference, instruction 1 (load_field): operand c is not 0"},
       {"register", [](Program& p) { at(p, 1).a = 4; }, "journey reference, instruction 1 (load_field): operand a is register 4 of 4"},
       {"kind", [](Program& p) { at(p, 4).a = 0; },
        "journey reference, instruction 4 (jump_unless): operand a: register 0 is decimal, expected boolean"},
       {"optional",
        [](Program& p) {
          body(p).registers[2] = id<TypeId>(p.types.size());
          Type t = p.types[k_boolean];
          t.optional = true;
          p.types.push_back(t);
        },
        "journey reference, instruction 4 (jump_unless): operand a: register 2 may be absent"},
       {"not optional", body_with(0, make(Opcode::load_absent, 0)),
        "journey reference, instruction 0 (load_absent): operand a: register 0 is not optional"},
       {"constant", [](Program& p) { at(p, 2).b = 9; }, "journey reference, instruction 2 (load_constant): operand b is constant 9 of 4"},
       {"constant type", [](Program& p) { at(p, 2).b = 0; },
        "journey reference, instruction 2 (load_constant): the constant does not fit register 1"},
       {"attribute", body_with(0, make(Opcode::load_attribute, 0, 9)),
        "journey reference, instruction 0 (load_attribute): operand b is attribute 9 of 1"},
       {"attribute type", body_with(0, make(Opcode::load_attribute, 0, 0)),
        "journey reference, instruction 0 (load_attribute): the attribute does not fit register 0"},
       {"topic", body_with(0, make(Opcode::load_consent, 2, 5)),
        "journey reference, instruction 0 (load_consent): operand b is topic 5 of 1"},
       {"experiment", body_with(0, make(Opcode::assign_arm, 2, 0)),
        "journey reference, instruction 0 (assign_arm): operand a: register 2 is boolean, expected integer"},
       {"emitted event", body_with(5, make(Opcode::emit, 2, 0)), "journey reference, instruction 5 (emit): operand a is event 2 of 2"},
       {"emitted fields", body_with(5, make(Opcode::emit, 1, 0)),
        "journey reference, instruction 5 (emit): register 0 is not what is expected there"},
       {"emitted fields beyond the end", body_with(5, make(Opcode::emit, 1, 3)),
        "journey reference, instruction 5 (emit): registers 3 to 5 of 4"},
       {"handoff label", body_with(6, make(Opcode::hand_off, 0, 0, 0)),
        "journey reference, instruction 6 (hand_off): exit label 0 is not `handed_off`"},
       {"handoff to a journey without that entry",
        [](Program& p) {
          journey(p).labels.emplace_back("handed_off");
          at(p, 6) = make(Opcode::hand_off, 0, 0, 1);
        },
        "journey reference, instruction 6 (hand_off): journey reference is not entered by handoff"},
       {"handoff without a layout", [](Program& p) { journey(p).entries.push_back({.handoff = true}); },
        "journey reference: a layout for handoffs that nobody makes, or none"},
       {"two ways of entering",
        [](Program& p) {
          journey(p).entries[0].handoff = true;
          journey(p).handoff_layout = id<LayoutId>(0);
        },
        "journey reference, entry 0: not exactly one of event, segment, schedule and handoff"},
       {"handed parameters",
        [](Program& p) {
          journey(p).labels.emplace_back("handed_off");
          journey(p).layouts.push_back({{{"amount", id<Register>(0)}}});
          journey(p).handoff_layout = id<LayoutId>(1);
          journey(p).entries.push_back({.handoff = true});
          at(p, 6) = make(Opcode::hand_off, 0, 2, 1);
        },
        "journey reference, instruction 6 (hand_off): register 2 is not what is expected there"},
       {"site", [](Program& p) { at(p, 5).b = 3; }, "journey reference, instruction 5 (send): operand b is send site 3 of 3"},
       {"point", [](Program& p) { at(p, 0).a = 1; }, "journey reference, instruction 0 (suspend): operand a is waiting point 1 of 1"},
       {"label", [](Program& p) { at(p, 6).a = 1; }, "journey reference, instruction 6 (end): operand a is label 1 of 1"},
       {"target", [](Program& p) { at(p, 4).set_target(11); }, "journey reference, instruction 4 (jump_unless): target 11 of 11"},
       {"wide target", [](Program& p) { at(p, 4).set_target(0x10007); },
        "journey reference, instruction 4 (jump_unless): target 65543 of 11"},
       {"send's result", [](Program& p) { at(p, 5).a = 0; },
        "journey reference, instruction 5 (send): operand a: register 0 is not optional"},
       {"move", body_with(0, make(Opcode::move, 0, 2)), "journey reference, instruction 0 (move): the value does not fit register 0"},
       {"compare", [](Program& p) { at(p, 3).b = 2; },
        "journey reference, instruction 3 (less_equal_decimal): registers 2 and 0 cannot be compared so"},
       {"sum", body_with(0, make(Opcode::add_word, 0, 0, 0)),
        "journey reference, instruction 0 (add_word): no such sum or difference of decimal and decimal"},
       {"native", body_with(0, make(Opcode::call_native, 0, 0, 999)), "journey reference, instruction 0 (call_native): unknown native 999"},
       {"native's parameters", body_with(0, make(Opcode::call_native, 0, 0, 20)),
        "journey reference, instruction 0 (call_native): register 0 is not what `size_of` takes"},
       {"native's result", body_with(0, make(Opcode::call_native, 2, 0, 42)),
        "journey reference, instruction 0 (call_native): register 2 cannot hold what `minimum` returns"},
       {"native's registers", body_with(0, make(Opcode::call_native, 0, 3, 42)),
        "journey reference, instruction 0 (call_native): registers 3 to 5 of 4"}});
  expect_faults(rich_program, {{"not writable", [](Program& p) { p.attributes[2].writable = false; },
                                "journey rich, instruction 45 (set_attribute): attribute tags is not writable"},
                               {"attribute's type", [](Program& p) { p.attributes[2].type = type_id(k_text); },
                                "journey rich, instruction 11 (load_attribute): the attribute does not fit register 24"},
                               {"message's parameters",
                                [](Program& p) {
                                  for (auto& i : body(p).code)
                                    if (i.opcode == Opcode::send) i.c = 5;
                                },
                                "journey rich, instruction 62 (send): register 5 is not what is expected there"},
                               {"record's size",
                                [](Program& p) {
                                  for (auto& i : body(p).code)
                                    if (i.opcode == Opcode::make_record) i.c = 2;
                                },
                                "journey rich, instruction 49 (make_record): 2 values for 3 fields"},
                               {"member",
                                [](Program& p) {
                                  for (auto& i : body(p).code)
                                    if (i.opcode == Opcode::member) i.c = 3;
                                },
                                "journey rich, instruction 50 (member): operand c is member 3 of 3"},
                               {"list's elements",
                                [](Program& p) {
                                  for (auto& i : body(p).code)
                                    if (i.opcode == Opcode::make_list) i.b = 8;
                                },
                                "journey rich, instruction 44 (make_list): register 9 is not what is expected there"},
                               {"contains",
                                [](Program& p) {
                                  for (auto& i : body(p).code)
                                    if (i.opcode == Opcode::contains) i.c = 1;
                                },
                                "journey rich, instruction 43 (contains): register 1 is no such element"},
                               {"periods", [](Program& p) { body(p).registers[1] = type_id(k_period); },
                                "journey rich, instruction 10 (load_attribute): the attribute does not fit register 1"},
                               {"effects in a function", [](Program& p) { p.functions[0].code[0] = make(Opcode::suspend, 0); },
                                "function 0, instruction 0 (suspend): `suspend` outside of a journey's body"},
                               {"arm in a function",
                                [](Program& p) {
                                  p.functions[2].registers[0] = type_id(k_integer);
                                  p.functions[2].code[0] = make(Opcode::assign_arm, 0, 0);
                                },
                                "function 2, instruction 0 (assign_arm): `assign_arm` outside of a journey's body"}});
}

TEST(Verify, Flow) {
  expect_faults(
      reference_program,
      {{"off the end", [](Program& p) { at(p, 10) = make(Opcode::move, 3, 3); },
        "journey reference, instruction 10 (move): the code falls off its end"},
       {"cycle",
        [](Program& p) {
          at(p, 6) = make(Opcode::jump);
          at(p, 6).set_target(1);
        },
        "journey reference, instruction 6 (jump): a cycle to instruction 1 without a `suspend`"},
       {"to itself", [](Program& p) { at(p, 0) = make(Opcode::jump); },
        "journey reference, instruction 0 (jump): a cycle to instruction 0 without a `suspend`"},
       {"unassigned", [](Program& p) { at(p, 1) = make(Opcode::move, 0, 0); },
        "journey reference, instruction 1 (move): register 0 is read before it is assigned (reached from an arm of point 0)"},
       {"on one path",
        [](Program& p) {
          at(p, 1) = make(Opcode::jump_unless, 2);
          at(p, 1).set_target(3);
        },
        "journey reference, instruction 1 (jump_unless): register 2 is read before it is assigned (reached from an arm of point 0)"},
       {"layout unassigned",
        [](Program& p) {
          journey(p).layouts[0].slots = {{"amount", id<Register>(0)}};
        },
        "journey reference, instruction 0 (suspend): register 0 (amount) is kept but not assigned (reached from start of entry 0)"},
       {"goals unassigned",
        [](Program& p) {
          journey(p).layouts.push_back({{{"amount", id<Register>(0)}}});
          journey(p).goal_layout = id<LayoutId>(1);
        },
        "journey reference, instruction 0 (suspend): register 0 is kept for goals but not assigned (reached from start of entry 0)"},
       {"no event",
        [](Program& p) {
          journey(p).points[0].timeout->pc = 1;
          journey(p).points[0].arms.clear();
        },
        "journey reference, instruction 1 (load_field): `load_field` where there is no event (reached from timeout of point 0)"},
       {"two events", [](Program& p) { journey(p).entries[0].start.pc = 1; },
        "journey reference, instruction 1 (load_field): `load_field` is reached with different events (reached from start of entry 0)"},
       {"field", [](Program& p) { at(p, 1).b = 2; },
        "journey reference, instruction 1 (load_field): field 2 of 2 in event Purchased (reached from an arm of point 0)"},
       {"field's type", [](Program& p) { at(p, 1).b = 0; },
        "journey reference, instruction 1 (load_field): field order_id of event Purchased does not fit register 0 (reached from an arm of "
        "point 0)"},
       {"effect in a condition",
        [](Program& p) {
          journey(p).entries[0].where = Entry{9, {}};
        },
        "journey reference, instruction 9 (send): `send` where only a value may be computed (reached from `where` of entry 0)"},
       {"decline at the start", [](Program& p) { at(p, 0) = make(Opcode::decline); },
        "journey reference, instruction 0 (decline): `decline` where no arm can be declined (reached from start of entry 0)"},
       {"decline after a send", [](Program& p) { at(p, 8) = make(Opcode::decline); },
        "journey reference, instruction 8 (decline): `decline` after something has changed (reached from an arm of point 0)"},
       {"return in a body", [](Program& p) { at(p, 8) = make(Opcode::return_value, 3); },
        "journey reference, instruction 8 (return_value): `return_value` where a journey runs (reached from an arm of point 0)"}});
  expect_faults(
      rich_program,
      {{"condition", [](Program& p) { journey(p).entries[0].where = journey(p).entries[0].key; },
        "journey rich, instruction 4 (return_value): returns text, expected a boolean (reached from `where` of entry 0)"},
       {"deadline",
        [](Program& p) {
          journey(p).points[1].deadline = Entry{0, {}};
        },
        "journey rich, instruction 2 (return_value): returns boolean, expected an instant (reached from `where` of entry 0)"},
       {"exit", [](Program& p) { journey(p).layouts[1].slots.clear(); },
        "journey rich, instruction 76 (equal_bytes): register 25 is read before it is assigned (reached from exit 0)"},
       {"address", [](Program& p) { p.channels[0].address = *p.zone; },
        "function 2, instruction 1 (return_value): returns time_zone, expected a text or a list of texts (reached from address of channel "
        "email)"},
       {"zone", [](Program& p) { p.zone = p.channels[0].address; },
        "function 0, instruction 1 (return_value): returns optional text, expected a time zone or a list of them (reached from address of "
        "channel email)"},
       {"render",
        [](Program& p) {
          p.messages[0].parameters.clear();
          p.messages[0].bodies[0].parts[0].render = p.channels[0].address;
        },
        "function 0, instruction 1 (return_value): returns optional text, expected a text (reached from address of channel email)"},
       {"filter of two events", [](Program& p) { p.history[1].filter = p.history[0].filter; },
        "function 3, instruction 0 (load_field): `load_field` is reached with different events (reached from filter of history query 0)"}});
}

TEST(Verify, AnEventsFieldIsReadOnlyWhereThereIsOne) {
  Program program = rich_program();
  program.history.clear();  // its filter is now nobody's
  EXPECT_EQ(fault_of(program), "function 3, instruction 0 (load_field): `load_field` where there is no event (reached from the beginning)");
}

TEST(Verify, LargeCodeIsVerifiedQuickly) {
  Program program = reference_program();
  Function& function = program.functions[0];
  function.registers.assign(k_registers_max, type_id(k_boolean));
  function.lines.clear();
  function.code.assign(k_code_max, make(Opcode::load_consent, 0, 0));
  for (size_t pc = 1; pc + 3 < function.code.size(); pc += 2) {
    function.code[pc] = make(Opcode::jump_if, 0);
    function.code[pc].set_target(static_cast<uint32_t>(pc + 2));
  }
  function.registers[1] = type_id(k_optional_email);
  function.code[k_code_max - 2] = make(Opcode::load_attribute, 1, 0);
  function.code.back() = make(Opcode::return_value, 1);
  EXPECT_EQ(fault_of(program), "verified");
}

}  // namespace
}  // namespace wend::bytecode
